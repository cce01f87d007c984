exports.prefix = '/closed';
exports.guard = (req, res, next) => (req.headers.authorization ? next() : res.status(401).end());
exports.router = require('express').Router().get('/', (req, res) => res.json([]));
