const express = require('express');
const _ = require('lodash');
const get = require('lodash/get');
const R = require('ramda');
const dotProp = require('dot-prop');
const objectPath = require('object-path');
const { exec } = require('child_process');
const app = express();
app.get('/b', (req, res) => {
  exec(_.get(req, 'query.t')); // $ alert
  exec(_.get(req, ['query', 't'])); // $ alert
  exec(get(req, 'body.items[0].name', 'ls')); // $ alert
  exec(_.get(req.query, 't')); // $ alert
  exec(R.path(['query', 's'], req)); // $ alert
  exec(R.pathOr('ls', ['query', 's'], req)); // $ alert
  exec(R.prop('query', req).s); // $ alert
  exec(dotProp.get(req, 'query.s')); // $ alert
  exec(objectPath.get(req, 'body.s')); // $ alert
  exec(_.get({ a: { b: 'ls' }, c: req.query.x }, 'a.b'));
  exec(_.get({ a: { b: req.query.x } }, 'a.b', 'ls')); // $ alert
});
