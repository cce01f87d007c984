import { NextFunction, Request, Response } from "express";
import { BaseMiddleware } from "inversify-express-utils";

export class Gate extends BaseMiddleware {
  constructor(private decoder: { decode(token: string): object | undefined }) {
    super();
  }

  async handler(req: Request, res: Response, next: NextFunction): Promise<void> {
    try {
      if (!req.headers["x-auth-token"]) {
        res.status(401).send({ error: "credentials" });

        return;
      }
      const token = this.decoder.decode(req.headers["x-auth-token"] as string);
      if (token === undefined) {
        res.status(401).send({ error: "credentials" });

        return;
      }
      res.locals.user = token;

      return next();
    } catch (error) {
      return next(error);
    }
  }
}

abstract class Sessions extends BaseMiddleware {
  async handler(req: Request, res: Response, next: NextFunction): Promise<void> {
    if (!this.missing(req.headers.authorization, res, next)) {
      return;
    }
    next();
  }

  protected abstract missing(header: string | undefined, res: Response, next: NextFunction): boolean;
}

export class Strict extends Sessions {
  protected override missing(header: string | undefined, res: Response, _next: NextFunction): boolean {
    if (!header) {
      res.status(401).send({ error: "credentials" });
      return false;
    }
    return true;
  }
}

export class Lenient extends Sessions {
  protected override missing(header: string | undefined, _res: Response, next: NextFunction): boolean {
    if (!header) {
      next();
      return false;
    }
    return true;
  }
}
