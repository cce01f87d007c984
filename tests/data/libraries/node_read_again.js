const express = require('express'); const axios = require('axios'); const path = require('path'); const fs = require('fs');
const app = express(); const ROOT = path.resolve('/srv');
app.get('/s7', async (req, res) => { const url = req.query.u; const { protocol, hostname } = new URL(url); if (protocol !== 'https:' || hostname !== 'a.com') return res.end(); await axios.get(url); });
app.get('/s8', async (req, res) => { const { hostname } = new URL(req.query.u); if (hostname !== 'a.com') return res.end(); await axios.get(req.query.u); });
app.get('/s9', async (req, res) => { const host = new URL(req.query.u).hostname; if (host !== 'a.com') return res.end(); await axios.get(req.query.u); });
app.get('/s10', async (req, res) => { if (new URL(req.query.u).hostname !== 'a.com') return res.end(); await axios.get(req.query.u); });
app.get('/s11', async (req, res) => { const u = new URL(req.query.u); if (u.hostname !== 'a.com') return res.end(); await axios.get(req.query.u); });
app.get('/s12', async (req, res) => { const allowed = process.env.HOSTS.split(','); const url = req.query.u; if (!allowed.includes(new URL(url).host)) return res.end(); await axios.get(url); });
app.get('/s13', async (req, res) => { const u = new URL(req.query.u); if (u.hostname !== 'a.com') return res.end(); await axios.get(req.query.v); }); // $ server-side-request-forgery
app.get('/p1', (req, res) => { const f = req.query.f; if (path.basename(f) !== f) return res.end(); fs.readFileSync(path.join(ROOT, f)); });
app.get('/p2', (req, res) => { const f = req.query.f; if (f === path.basename(f)) fs.readFileSync(path.join(ROOT, f)); });
app.get('/p3', (req, res) => { const f = req.query.f; const b = path.basename(f); if (b !== f) throw new Error(); fs.readFileSync(path.join(ROOT, f)); });
app.get('/p4', (req, res) => { const f = req.query.f; if (path.normalize(f) !== f) throw new Error(); fs.readFileSync(path.join(ROOT, f)); }); // $ path-traversal
app.get('/p5', (req, res) => { const f = req.query.f; if (/^[a-z0-9]+$/.test(f) === false) return res.end(); fs.readFileSync(path.join(ROOT, f)); });
app.get('/p6', (req, res) => { let f = String(req.query.f); while (f.includes('..')) f = f.replace('..', ''); fs.readFileSync(path.join(ROOT, f)); });
app.get('/p7', (req, res) => { let f = String(req.query.f); if (f.includes('../')) return res.end(); fs.readFileSync(path.join(ROOT, f)); });
app.get('/p8', (req, res) => { const f = decodeURIComponent(req.query.f); if (f.includes('..')) return res.end(); fs.readFileSync(path.join(ROOT, f)); });
app.get('/p9', (req, res) => { const p = path.join(ROOT, req.query.f); if (p.startsWith(ROOT)) { fs.readFileSync(p); } else res.end(); }); // $ partial-path-check
app.get('/p10', (req, res) => { const p = path.join(ROOT, req.query.f); if (path.dirname(p) !== ROOT) return res.end(); fs.readFileSync(p); });
