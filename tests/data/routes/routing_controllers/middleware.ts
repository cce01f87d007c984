import { NextFunction, Request, Response } from "express";
import { ExpressMiddlewareInterface, Middleware, UnauthorizedError } from "routing-controllers";

@Middleware({ type: "before" })
export class Everyone implements ExpressMiddlewareInterface {
  use(req: Request, res: Response, next: NextFunction): void {
    res.setHeader("x-served-by", "notes");
    next();
  }
}

@Middleware({ type: "after" })
export class Recorded implements ExpressMiddlewareInterface {
  use(req: Request, res: Response, next: NextFunction): void {
    next();
  }
}

export class KeyMiddleware implements ExpressMiddlewareInterface {
  use(req: Request, res: Response, next: NextFunction): void {
    if (!req.headers["x-api-key"]) {
      throw new UnauthorizedError();
    }
    next();
  }
}
