import { Controller, Get, Post, Sse, UseGuards, VERSION_NEUTRAL } from "@nestjs/common";
import { AuthGuard } from "@nestjs/passport";
import { Authenticated, OptionalGuard, OwnGuard, Permission, PermissionGuard, Restricted, Shown } from "./guards";

@Controller({ path: "health", version: VERSION_NEUTRAL })
export class HealthController {
  @Get()
  check() {
    return "ok";
  }
}

@Controller({ path: "feed", version: VERSION_NEUTRAL })
export class FeedController {
  @Sse("news")
  news() {
    return [];
  }
}

@Controller("orders")
export class OrdersController {
  @Get()
  @Authenticated()
  mine() {
    return [];
  }

  @Post()
  place() {
    return {};
  }

  @Get("all")
  @Restricted("orders.read")
  all() {
    return [];
  }
}

@Controller("reports")
export class ReportsController {
  @Get("private")
  secret() {
    return {};
  }

  @Get("public")
  open() {
    return {};
  }
}

@Controller("profile")
export class ProfileController {
  @UseGuards(AuthGuard())
  @Get()
  show() {
    return {};
  }

  @UseGuards(AuthGuard("google"))
  @Get("google")
  google() {
    return {};
  }

  @UseGuards(OptionalGuard)
  @Get("card")
  card() {
    return {};
  }

  @UseGuards(OwnGuard)
  @Shown()
  @Get("shown")
  shown() {
    return {};
  }

  @UseGuards(OwnGuard)
  @Get("hidden")
  hidden() {
    return {};
  }

  @UseGuards(PermissionGuard)
  @Get("loose")
  loose() {
    return {};
  }

  @UseGuards(PermissionGuard)
  @Permission("profile.write")
  @Post("tight")
  tight() {
    return {};
  }
}
