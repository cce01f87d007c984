"""The one Semgrep process of a scan: YAML rules to findings."""
