const express = require('express')
const session = require('express-session')
const { rateLimit } = require('express-rate-limit')
const createError = require('http-errors')
const jwt = require('jsonwebtoken')
const multer = require('multer')
const winston = require('winston')
const client = require('prom-client')
const { LRUCache } = require('lru-cache')
const pRetry = require('p-retry')
const Stripe = require('stripe')
const amqp = require('amqplib')
const { trace } = require('@opentelemetry/api')
const grpc = require('@grpc/grpc-js')
const { Sequelize, DataTypes } = require('sequelize')
const { ApolloServer } = require('@apollo/server')

const app = express()
const sequelize = new Sequelize(process.env.DATABASE_URL)
const cache = new LRUCache({ max: 100 })
const stripe = new Stripe(process.env.STRIPE_KEY)
const calls = new client.Counter({ name: 'calls', help: 'calls' })
const tracer = trace.getTracer('orders')
const logger = winston.createLogger({ level: 'info' })
const upload = multer({ dest: 'uploads/' })
new ApolloServer({ typeDefs: 'type Query { order: String }' })
new grpc.Client('stock:50051', grpc.credentials.createInsecure())

const Order = sequelize.define('order', {
  tenantId: { type: DataTypes.INTEGER },
  deletedAt: { type: DataTypes.DATE },
  name: { type: DataTypes.STRING, unique: true },
})

class OutboxMessage {}

app.use(express.json())
app.use(session({ secret: process.env.SECRET }))

app.post('/v1/login', rateLimit({ windowMs: 60000, limit: 5 }), (req, res) => {
  res.json({ token: jwt.sign({ sub: 'me' }, process.env.KEY) })
})

app.post('/v1/upload', upload.single('file'), (req, res) => {
  res.json({ ok: true })
})

app.get('/v1/orders', async (req, res) => {
  res.json(await Order.findAll())
})

app.get('/v1/orders/search', async (req, res) => {
  await sequelize.query(`SELECT id FROM orders WHERE name = '${req.query.name}'`)
  res.send(`<p>Nothing is called ${req.query.name}</p>`)
})

app.get('/healthz', (req, res) => {
  res.send('ok')
})

app.get('/v1/orders/:id', async (req, res, next) => {
  next(createError(404))
})

setInterval(() => pRetry(() => fetch('https://quotes.example.com')), 60000)

async function pay() {
  await stripe.charges.create({ amount: 1 })
}

async function sendWebhook(url) {
  await fetch(url)
}

async function changed() {
  await sendWebhook('https://customer.example.com')
}

async function consume() {
  const channel = await (await amqp.connect('amqp://broker')).createChannel()
  channel.consume('orders', () => pay(), { noAck: true })
}

module.exports = { app, consume, changed, OutboxMessage }
