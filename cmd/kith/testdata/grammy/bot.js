// A bot made with grammY that replies once to each message and keeps nothing.
// Its one argument is the address of the Bot API server. Once its webhook
// listens it prints where, and it ends when its input does.
import { createServer } from "node:http";
import { Bot, webhookCallback } from "grammy";

const bot = new Bot("110201543:" + "A".repeat(35), { client: { apiRoot: process.argv[2] } });
bot.on("message", (ctx) => ctx.reply("Noted.", { reply_parameters: { message_id: ctx.msg.message_id } }));
await bot.init();

const server = createServer(webhookCallback(bot, "http"));
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
process.stdin.resume().on("end", () => process.exit());
