import { Module } from "@nestjs/common";
import { GraphQLModule } from "@nestjs/graphql";
import { AccountResolver } from "./account.resolver";
import { OrderResolver } from "./order.resolver";

@Module({ imports: [GraphQLModule.forRoot({ autoSchemaFile: true })], providers: [AccountResolver, OrderResolver] })
export class AppModule {}
