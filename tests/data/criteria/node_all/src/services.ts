import { createHmac } from 'node:crypto'
import { S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import sendgrid from '@sendgrid/mail'
import { KinesisClient } from '@aws-sdk/client-kinesis'
import amqp from 'amqplib'
import { Queue, Worker } from 'bullmq'
import Consul from 'consul'
import { stringify } from 'csv-stringify'
import { Flagsmith } from 'flagsmith-nodejs'
import grpc from '@grpc/grpc-js'
import CircuitBreaker from 'opossum'
import pLimit from 'p-limit'
import pRetry from 'p-retry'
import { PostHog } from 'posthog-node'
import Stripe from 'stripe'
import { Agent, setGlobalDispatcher } from 'undici'

export const flags = new Flagsmith({ environmentKey: 'server' })
export const consul = new Consul()
export const kinesis = new KinesisClient({})
export const posthog = new PostHog('key')
export const s3 = new S3Client({})
const limit = pLimit(10)
const stripe = new Stripe('key')
const webhooks = new Queue('webhooks', { defaultJobOptions: { attempts: 5, backoff: { type: 'exponential', delay: 1000, jitter: 0.5 } } })
new Worker('webhooks', async (job) => deliver(job.data))
new Queue('reports').add('nightly', {}, { jobId: 'nightly', repeat: { pattern: '0 3 * * *' } })
setGlobalDispatcher(new Agent({ keepAliveTimeout: 10_000 }))
new grpc.Client('stock:443', grpc.credentials.createSsl())
new grpc.Server().addService({}, {})
const breaker = new CircuitBreaker(fetchQuote)

export const auditLog = { create: async (entry: object) => entry }

async function fetchQuote() {
  return fetch('https://quotes.example.com/v1')
}

export async function quote(order: object) {
  return limit(() => pRetry(() => breaker.fire(order), { retries: 3, factor: 2, randomize: true }))
}

export async function sendWebhook(url: string, body: string) {
  const signature = createHmac('sha256', 'key').update(body).digest('hex')
  await webhooks.add('send', { url, body, signature }, { jobId: signature })
}

async function deliver(data: { url: string }) {
  await sendgrid.send({ to: 'a@example.com' })
  await fetch(data.url)
}

export async function changed(url: string) {
  await sendWebhook(url, '{}')
  posthog.capture({ event: 'order.changed' })
  stringify([], { header: true })
  return getSignedUrl(s3, {})
}

export async function charge(payload: Buffer, header: string) {
  const event = stripe.webhooks.constructEvent(payload, header, 'whsec')
  return stripe.paymentIntents.create({ amount: 1 }, { idempotencyKey: event.id })
}

export async function consume() {
  const connection = await amqp.connect('amqp://broker')
  const [channel] = await Promise.all([connection.createChannel()])
  await channel.consume('orders', (message) => channel.ack(message))
}
