const express = require('express'); const cp = require('child_process'); const crypto = require('crypto'); const cors = require('cors'); const util = require('util'); const _ = require('lodash'); const fs = require('fs');
const app = express();
app.use(cors({ origin: ['https://a.com', 'null'], credentials: true })); // $ permissive-cors
app.use(cors({ origin: ['https://a.com', 'https://b.com'], credentials: true }));
app.get('/a', (req, res) => {
  cp.execFile('curl', ['-s', req.query.u]); // $ server-side-request-forgery
  cp.execFile('curl', ['-s', 'https://a.com/' + req.query.u]);
  cp.spawn('wget', [`http://${req.query.u}`]); // $ server-side-request-forgery
  cp.execFile('ls', ['-s', req.query.u]);
  const u = new URL(req.query.u); if (u.hostname !== 'a.com') return res.end();
  cp.execFile('curl', [u.href]);
});
app.get('/b', (req, res) => { try { x(); } catch (err) { res.send(util.inspect(err)); } }); // $ error-detail-in-response
crypto.createSign('RSA-MD5'); // $ weak-hash
crypto.createSign('RSA-SHA256');
crypto.createVerify('md5WithRSAEncryption'); // $ weak-hash
crypto.createSign('RSA-SHA1'); // $ weak-hash
const digits = crypto.randomBytes(6).map((x) => x % 10); // $ biased-random-number
const digits2 = Array.from(crypto.randomBytes(6), (b) => b % 10).join(''); // $ biased-random-number
const hexs = Array.from(crypto.randomBytes(6), (b) => b % 16).join('');
app.get('/c', (req, res) => { const q = req.query.q; q.slice(0, 50).replace(/\s+$/, ''); q.substring(0, 20).match(/^\s+x/); res.end(); });
app.post('/d', (req, res) => { _.times(req.body.n, () => {}); new Float64Array(Number(req.query.n)); res.end(); }); // $ request-sized-allocation
app.get('/pw', (req, res) => { const p = req.param('password'); login('a', p); res.end(); }); // $ secret-in-url
app.post('/pw2', (req, res) => { const p = req.param('password'); login('a', p); res.end(); });
