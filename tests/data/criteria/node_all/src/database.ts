import { PrismaClient } from '@prisma/client'
import { Client } from '@elastic/elasticsearch'
import { LRUCache } from 'lru-cache'
import Redis from 'ioredis'
import pg from 'pg'

export const prisma = new PrismaClient()
export const pool = new pg.Pool({ max: 10 })
export const redis = new Redis()
export const search = new Client({ node: 'https://search' })
export const names = new LRUCache({ max: 100, ttl: 60_000 })

export class Order {
  name = 'order'
}

export class OrderCommandHandler {}

export class EventStore {}

export class OrderSaga {}

function getShard(tenant: number): string {
  return `orders_${tenant % 4}`
}

export const shard = getShard(1)

export async function load(rows: Order[]) {
  await prisma.order.createMany({ data: rows })
  redis.publish('orders', 'loaded')
}
