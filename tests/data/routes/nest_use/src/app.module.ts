import { Body, Controller, Module, Post } from "@nestjs/common";

@Controller("auth")
export class AuthController {
  @Post("login")
  login(@Body() body: { name: string }) {
    return body.name;
  }
}

@Module({ controllers: [AuthController] })
export class AppModule {}
