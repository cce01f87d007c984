import { CanActivate, Controller, Delete, ExecutionContext, Get, Injectable, UseGuards } from "@nestjs/common";

@Injectable()
class RolesGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    const { user } = context.switchToHttp().getRequest();
    return user?.roles?.includes("admin");
  }
}

@Injectable()
class SignedInGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    return !!context.switchToHttp().getRequest().user;
  }
}

@Controller("cats")
export class CatsController {
  @Delete(":id")
  @UseGuards(RolesGuard)
  remove() {}

  @Get()
  @UseGuards(SignedInGuard)
  list() {}
}
