import { CanActivate, ExecutionContext, Injectable, SetMetadata, UnauthorizedException } from "@nestjs/common";
import { AuthGuard } from "@nestjs/passport";

export const Public = () => SetMetadata("isPublic", true);

@Injectable()
export class TokenGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    const request = context.switchToHttp().getRequest();
    if (!request.headers.authorization) throw new UnauthorizedException();
    return true;
  }
}

@Injectable()
export class RolesGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    const request = context.switchToHttp().getRequest();
    return request.user?.role === "admin";
  }
}

export class JwtGuard extends AuthGuard("jwt") {}

@Injectable()
export class SignUpsGuard implements CanActivate {
  constructor(private readonly settings: { signUps: boolean }) {}

  canActivate() {
    if (!this.settings.signUps) throw new UnauthorizedException("nobody can sign up");
    return true;
  }
}
