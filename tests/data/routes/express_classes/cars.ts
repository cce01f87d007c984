import { Router } from 'express';
export class CarRoute { public path = '/cars'; public router = Router();
  constructor() { this.router.route(this.path).get((q, s) => s.json([])).post((q, s) => s.json([])); } }
