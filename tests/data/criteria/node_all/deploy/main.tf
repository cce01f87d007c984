resource "aws_cloudfront_distribution" "cdn" {}
resource "aws_wafv2_web_acl" "waf" {}
resource "aws_db_instance" "replica" {
  replicate_source_db = "orders"
}
resource "cloudflare_workers_script" "edge" {}
