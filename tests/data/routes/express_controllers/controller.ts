import { IRouter, Request, RequestHandler, Response, Router } from "express";

type Handler = (req: Request, res: Response) => Promise<void> | void;

interface Options {
  method: "get" | "post" | "delete";
  path: string;
  permission?: string;
  handler: Handler;
}

const checkPermission = (permission?: string) => async (req: any, res: Response, next: () => void) => {
  if (req.checkRbac && (await req.checkRbac(permission))) return next();
  return res.status(403).end();
};

export default class Controller {
  app: IRouter;

  constructor(config: unknown) {
    this.app = Router();
  }

  private caught(handler: Handler): RequestHandler {
    return async (req, res) => {
      try {
        await handler(req, res);
      } catch (error) {
        res.status(500).end();
      }
    };
  }

  route(options: Options): void {
    this.app[options.method](options.path, checkPermission(options.permission), this.caught(options.handler.bind(this)));
  }

  get(path: string, handler: Handler): void {
    this.route({ method: "get", path, handler });
  }

  use(path: string, router: IRouter): void {
    this.app.use(path, router);
  }

  get router(): IRouter {
    return this.app;
  }
}
