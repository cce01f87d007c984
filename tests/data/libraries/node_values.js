const { exec } = require('child_process');
const { readFileSync } = require('fs');
const express = require('express');
const fp = require('lodash/fp');
const cloneDeep = require('lodash.clonedeep');
const camelCase = require('lodash.camelcase');
const dedent = require('dedent');
const { Base64 } = require('js-base64');
const deepmerge = require('deepmerge');
const deepExtend = require('deep-extend');
const dot = require('dot-object');
const Q = require('q');

const app = express();
app.use(express.json());
const ENTITIES = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };
const fill = (text, values) => text.replace(/{(\w+)}/g, (hit, name) => values[name]);

app.get('/values', (req, res) => {
  const q = req.query.q;
  exec('ls ' + fp.get('a', req.query)); // $ command-injection
  exec('ls ' + cloneDeep({ q }).q); // $ command-injection
  exec('ls ' + cloneDeep({ q, r: 1 }).r);
  exec('ls ' + camelCase(q)); // $ command-injection
  exec(dedent`ls ${q}`); // $ command-injection
  exec('ls ' + Base64.decode(q)); // $ command-injection
  exec('ls X'.replace(/X/, () => q)); // $ command-injection
  exec('ls X'.replace(/X/, () => q.length));
  exec(Array.from([1], () => q)[0]); // $ command-injection
  exec(Array.from(['ls', '-l'], (part) => part.trim()).join(' '));
  exec(Array(2).fill(q).join(' ')); // $ command-injection
  exec(['ls', '-l'].with(1, q).join(' ')); // $ command-injection
  exec(['ls', '-l'].toSpliced(1, 0, q).join(' ')); // $ command-injection
});

const runNames = (jobs) => jobs.forEach((job) => exec('run ' + job.name)); // $ command-injection
const runNumbers = (jobs) => jobs.forEach((job) => exec('run ' + job.number));

app.get('/jobs', (req, res) => {
  runNames([{ name: req.query.name, number: Number(req.query.number) }]);
  runNumbers([{ name: req.query.name, number: Number(req.query.number) }]);
});

app.get('/filled', (req, res) => res.send(fill('<p>{name}</p>', { name: req.query.q }))); // $ cross-site-scripting
app.get('/number', (req, res) => res.send(fill('<p>{name}</p>', { name: Number(req.query.q) })));
app.get('/escaped', (req, res) => res.send('<p>' + req.query.q.replace(/[<>&"]/g, (one) => ENTITIES[one]) + '</p>'));
app.get('/file', (req, res) => res.send(readFileSync('a.html', 'utf8').replace('{{name}}', req.query.q))); // $ cross-site-scripting
app.get('/list', (req, res) => res.send([req.query.q]));
app.get('/joined', (req, res) => res.send([req.query.q].join(''))); // $ cross-site-scripting
app.get('/plain', (req, res) => res.send(readFileSync('a.html', 'utf8').replace('{{name}}', 'nobody')));

app.post('/merge', (req, res) => {
  const { key, name, value } = req.body;
  deepmerge({}, req.body);
  deepExtend({}, req.body); // $ prototype-pollution
  dot.set(name, value, {}); // $ prototype-pollution
  const bare = Object.create(null);
  bare[key] = bare[key] || Object.create(null);
  bare[key][name] = value;
  const usual = {};
  usual[key] = usual[key] || {};
  usual[key][name] = value; // $ prototype-pollution
});

const folder = require('path').resolve('.');
app.get('/refused', (req, res) => res.sendFile(folder + '/data/' + req.query.name));
app.get('/whole', (req, res) => res.sendFile(folder + req.query.name)); // $ path-traversal

function later(value) {
  const { promise, resolve, reject } = Promise.withResolvers();
  setTimeout(() => (value ? resolve(value) : reject(new Error('none'))), 10);
  return promise;
}

function deferred(value) {
  const held = Q.defer();
  setImmediate(() => held.resolve(value));
  return held.promise;
}

app.get('/later', async (req, res) => {
  exec('ls ' + (await later(req.query.q))); // $ command-injection
  exec('ls ' + (await later(Number(req.query.q))));
  deferred(req.query.q).then((name) => exec('ls ' + name)); // $ command-injection
  exec('ls ' + (await deferred('tmp')));
});
