const express = require('express');
const { Client, Pool } = require('pg');
const redis = require('redis');
const Redis = require('ioredis');
const mongoose = require('mongoose');
const jwksRsa = require('jwks-rsa');
const { createRemoteJWKSet } = require('jose');
const { Issuer } = require('openid-client');
const pa11y = require('pa11y');
const ical = require('node-ical');

const app = express();

app.get('/hosts', async (req, res) => {
  const host = req.query.host;
  new Client({ host }); // $ server-side-request-forgery
  new Pool({ connectionString: host }); // $ server-side-request-forgery
  new Pool({ host: 'db', user: host });
  redis.createClient({ url: host }); // $ server-side-request-forgery
  redis.createClient({ url: process.env.REDIS_URL, name: host });
  new Redis(host); // $ server-side-request-forgery
  new Redis(6379, 'cache');
  await mongoose.connect(host); // $ server-side-request-forgery
  await mongoose.connect(process.env.MONGO_URL, { appName: host });
});

app.get('/documents', async (req, res) => {
  const url = req.query.url;
  jwksRsa({ jwksUri: url }); // $ server-side-request-forgery
  jwksRsa({ jwksUri: 'https://login.example.com/jwks' });
  createRemoteJWKSet(new URL(url)); // $ server-side-request-forgery
  createRemoteJWKSet(new URL('https://login.example.com/jwks'));
  await Issuer.discover(url); // $ server-side-request-forgery
  await pa11y(url); // $ server-side-request-forgery
  await pa11y('https://example.com/', { log: url });
  ical.fromURL(url, {}, () => {}); // $ server-side-request-forgery
  ical.parseICS(url);
});
