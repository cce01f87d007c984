import { Router } from 'express';
import { need } from './need';
class Controller { public list = async (req, res) => { res.json([]); }; async one(req, res) { res.json({}); } }
export class UserRoute { public path = '/users'; public router = Router(); public users = new Controller();
  constructor() { this.initializeRoutes(); }
  private initializeRoutes() { this.router.get(`${this.path}`, this.users.list); this.router.get(`${this.path}/:id(\\d+)`, need, this.users.one); } }
