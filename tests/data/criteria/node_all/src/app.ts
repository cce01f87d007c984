import { ApolloServer } from '@apollo/server'
import { buildSubgraphSchema } from '@apollo/subgraph'
import * as Sentry from '@sentry/node'
import { NodeSDK } from '@opentelemetry/sdk-node'
import compression from 'compression'
import cors from 'cors'
import express, { type NextFunction, type Request, type Response } from 'express'
import { rateLimit } from 'express-rate-limit'
import helmet from 'helmet'
import passport from 'passport'
import { pinoHttp } from 'pino-http'
import client from 'prom-client'
import { RedisStore } from 'rate-limit-redis'
import { WebSocketServer } from 'ws'
import swaggerUi from 'swagger-ui-express'
import { z } from 'zod'
import { requireRole, requireUser } from './access.js'
import { Order, prisma, redis } from './database.js'
import { auditLog, flags, quote } from './services.js'

Sentry.init({ dsn: '', tracesSampleRate: 0.1 })
new NodeSDK({ serviceName: 'orders' }).start()
const taken = new client.Counter({ name: 'orders', help: 'orders taken' })
const OrderIn = z.object({ name: z.string() })

export const app = express()
app.use(helmet())
app.use(cors({ origin: 'https://shop.example.com' }))
app.use(compression())
app.use(pinoHttp({ genReqId: (req) => req.headers['x-request-id'] as string }))
app.use(rateLimit({ windowMs: 60_000, limit: 100, store: new RedisStore({ sendCommand: redis.call }), keyGenerator: (req) => req.user.id }))
app.use(express.json())
app.use('/docs', swaggerUi.serve, swaggerUi.setup({}))
new ApolloServer({ schema: buildSubgraphSchema({ typeDefs: [] }) })
new WebSocketServer({ port: 8080 })

app.get('/readyz', async (req: Request, res: Response) => {
  await prisma.$queryRaw`SELECT 1`
  res.json({ status: 'ok' })
})

app.get('/v1/orders', requireUser, async (req: Request, res: Response) => {
  const cached = await redis.get(`orders:${req.user.tenantId}`)
  res.set('Cache-Control', 'private, max-age=30')
  const orders = await prisma.order.findMany({
    where: { tenantId: req.user.tenantId, deletedAt: null },
    include: { lines: true },
    select: { id: true },
    take: 50,
  })
  await redis.setex(`orders:${req.user.tenantId}`, 60, JSON.stringify(orders))
  res.json(cached ?? orders)
})

app.post('/v1/orders', requireUser, requireRole('admin'), async (req: Request, res: Response) => {
  const order = OrderIn.parse(req.body)
  const row = await prisma.$transaction(async (tx) => tx.order.create({ data: order }))
  await auditLog.create({ user: req.user.id, action: 'order.created' })
  taken.inc()
  if (await flags.getEnvironmentFlags()) await quote(order)
  res.status(201).set('Deprecation', 'true').json({ id: row.id, name: Order.name })
})

app.get('/v1/events', requireUser, (req: Request, res: Response) => {
  res.writeHead(200, { 'Content-Type': 'text/event-stream' })
})

app.use((err: Error, req: Request, res: Response, next: NextFunction) => {
  req.log.error(err)
  res.status(500).json({ error: 'Internal error' })
})
