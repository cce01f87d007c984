const express = require('express'); const fs = require('fs'); const path = require('path'); const { exec } = require('child_process');
const { body, query } = require('express-validator');
const app = express();
app.get('/a', async (req, res) => {
  const files = fs.readdirSync('/srv');
  if (!files.includes(req.query.f)) return res.sendStatus(404);
  fs.readFile(path.join('/srv', req.query.f), () => {});
});
app.get('/b', async (req, res) => {
  const { f } = req.query;
  const files = await fs.promises.readdir('/srv');
  if (files.indexOf(f) === -1) return res.sendStatus(404);
  fs.readFile(path.join('/srv', f), () => {});
  exec('cat ' + f); // $ command-injection
});
app.get('/b2', (req, res) => { fs.readdir('/srv', (err, files) => { if (files.includes(req.query.f)) fs.readFile('/srv/' + req.query.f, () => {}); }); });
app.get('/c', query('page').toInt(), (req, res) => { fs.readFile('/srv/' + req.query.page, () => {}); fs.readFile('/srv/' + req.query.other, () => {}); }); // $ path-traversal
app.get('/c2', query('page').toInt(), (req, res) => { fs.readFile('/srv/' + req.query.page, () => {}); });
app.post('/d', body('name').trim().escape(), (req, res) => { res.send('<p>' + req.body.name); });
app.post('/e', body('name').trim(), (req, res) => { res.send('<p>' + req.body.name); }); // $ cross-site-scripting
app.post('/f', body('name').isInt(), (req, res) => { res.send('<p>' + req.body.name); }); // $ cross-site-scripting
app.get('/g', (req, res) => { fs.readFile('/srv/' + parseFloat(req.query.b2).toFixed(2), () => {}); });
app.get('/h', (req, res) => { const n = Number(req.query.n); fs.readFile(`/srv/${n.toString(16)}${n.toPrecision(3)}`, () => {}); });
