exports.prefix = '/folder';
exports.router = require('express').Router().get('/', (req, res) => res.json([]));
