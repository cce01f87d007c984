import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import bcrypt from 'bcrypt'
import { type NextFunction, type Request, type Response } from 'express'
import { IpFilter } from 'express-ipfilter'
import jwt from 'jsonwebtoken'
import * as oidc from 'openid-client'

export const secrets = new SecretsManagerClient({})
export const blocked = IpFilter(['192.0.2.1'])

export function sign(user: string, key: string): string {
  return jwt.sign({ sub: user }, key, { expiresIn: '5m' })
}

export function requireUser(req: Request, res: Response, next: NextFunction) {
  const token = req.headers.authorization
  if (!token) return res.status(401).json({ error: 'Not signed in' })
  req.user = jwt.verify(token, process.env.KEY, { algorithms: ['HS256'] })
  next()
}

export function requireRole(role: string) {
  return (req: Request, res: Response, next: NextFunction) => {
    if (req.user.role !== role) return res.status(403).json({ error: 'Not allowed' })
    next()
  }
}

export async function hash(password: string): Promise<string> {
  return bcrypt.hash(password, 12)
}

export async function signInElsewhere(config: oidc.Configuration, url: URL) {
  return oidc.authorizationCodeGrant(config, url)
}

function rotateApiKeys() {
  return secrets.send({})
}

rotateApiKeys()
