const express = require('express')
const { Pool } = require('pg')
const swaggerUi = require('swagger-ui-express')
const { z } = require('zod')
const { rateLimit } = require('express-rate-limit')
const pino = require('pino')
const client = require('prom-client')
const Sentry = require('@sentry/node')
const { Queue } = require('bullmq')
const Stripe = require('stripe')
const CircuitBreaker = require('opossum')
const helmet = require('helmet')

const app = express()
const database = require('./database')

app.use(express.json())

app.post('/createOrder', async (req, res) => {
  await database.query('INSERT INTO orders VALUES ($1)', [req.body.name])
  await fetch('https://quotes.example.com/v1')
  res.json({ ok: true })
})

app.get('/orders', async (req, res) => {
  res.json(await database.query('SELECT name FROM orders'))
})

module.exports = app
