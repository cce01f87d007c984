import { applyDecorators, CanActivate, ExecutionContext, ForbiddenException, Injectable, NestMiddleware, SetMetadata, UnauthorizedException, UseGuards } from "@nestjs/common";
import { Reflector } from "@nestjs/core";
import { AuthGuard } from "@nestjs/passport";

export enum Key {
  Route = "auth_route",
}

export const Authenticated = (): MethodDecorator => {
  const decorators: MethodDecorator[] = [SetMetadata(Key.Route, {})];
  return applyDecorators(...decorators);
};

export const Permission = (name: string) => SetMetadata("permission", name);
export const Shown = () => SetMetadata("shown", true);

@Injectable()
export class OptInGuard implements CanActivate {
  constructor(private reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const options = this.reflector.getAllAndOverride(Key.Route, [context.getHandler(), context.getClass()]);
    if (!options) {
      return true;
    }
    const request = context.switchToHttp().getRequest();
    if (!request.headers.authorization) throw new UnauthorizedException();
    return true;
  }
}

@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(private reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest();
    const wanted = this.reflector.get<string>("permission", context.getHandler());
    if (!wanted) return true;
    if (!user || !user.permissions.includes(wanted)) throw new ForbiddenException();
    return true;
  }
}

export class OptionalGuard extends AuthGuard("jwt") {
  handleRequest(error: Error, user: unknown) {
    return user ? user : null;
  }
}

@Injectable()
export class OwnGuard extends AuthGuard("jwt") {
  constructor(private reflector: Reflector) {
    super();
  }

  canActivate(context: ExecutionContext) {
    const shown = this.reflector.getAllAndOverride<boolean>("shown", [context.getHandler(), context.getClass()]);
    if (shown) return true;
    return super.canActivate(context);
  }
}

export const Restricted = (name: string) => applyDecorators(Permission(name), UseGuards(AuthGuard("jwt"), PermissionGuard));

@Injectable()
export class CheckAuth implements NestMiddleware {
  use(req: any, res: any, next: () => void) {
    if (!req.headers.authorization) throw new UnauthorizedException("no token");
    next();
  }
}
