const express = require('express');
const async = require('async');
const util = require('util');
const { exec } = require('child_process');
const app = express();
function load(name, cb) { cb(null, 'x ' + name); }
function loadSafe(name, cb) { cb(null, Number(name)); }
const loadP = util.promisify(load), loadSafeP = util.promisify(loadSafe);
app.get('/b', async (req, res) => {
  async.waterfall([
    (cb) => cb(null, req.query.x, 'ls'),
    (x, y, cb) => {
      exec(x); // $ alert
      exec(y);
      cb(null, x);
    },
    (z, cb) => {
      exec(z); // $ alert
      cb(null, Number(z));
    },
  ], (err, n) => {
    exec('x ' + n);
  });
  async.parallel({ a: (cb) => cb(null, req.query.z), b: (cb) => cb(null, 'ls') }, (err, r) => {
    exec(r.a); // $ alert
    exec(r.b);
  });
  async.series([(cb) => cb(null, req.query.z), (cb) => load(req.query.q, cb)], (err, [a, b]) => {
    exec(b); // $ alert
  });
  async.map([req.query.z], (one, cb) => load(one, cb), (err, all) => { exec(all[0]); }); // $ alert
  async.map([req.query.z], (one, cb) => loadSafe(one, cb), (err, all) => { exec('x ' + all[0]); });
  const both = await async.parallel([async () => req.query.k]);
  exec(both[0]); // $ alert
  exec(await loadP(req.query.m)); // $ alert
  exec('x' + await loadSafeP(req.query.m));
  load(req.query.o, (err, value) => { exec(value); }); // $ alert
  loadSafe(req.query.o, (err, value) => { exec('x ' + value); });
});
