import express from 'express';
import { UserRoute } from './users'; import { CarRoute } from './cars';
interface Routes { path?: string; router: express.Router }
class App {
  public app: express.Application;
  constructor(routes: Routes[]) { this.app = express(); this.initializeRoutes(routes); }
  private initializeRoutes(routes: Routes[]) { routes.forEach((route) => { this.app.use('/api', route.router); }); }
  public listen() { this.app.listen(1); }
}
const app = new App([new UserRoute(), new CarRoute()]);
app.listen();
