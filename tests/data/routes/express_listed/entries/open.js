exports.prefix = '/open';
exports.router = require('express').Router().get('/', (req, res) => res.json([]));
