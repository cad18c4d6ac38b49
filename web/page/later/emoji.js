// Emoji by name, as they are typed between colons. The names are those that other chats have, with Portuguese ones beside
// them. Not here: every emoji there is, which the system's own keyboard has.

const TABLE = `
😀 grinning riso|😃 smiley|😄 smile sorriso|😁 grin|😅 sweat_smile|😂 joy rindo|🤣 rofl|🙂 slightly_smiling|🙃 upside_down|😉 wink piscada
😊 blush|😇 innocent anjo|🥰 smiling_hearts|😍 heart_eyes apaixonado|😘 kissing_heart beijo|😋 yum delicia|😜 wink_tongue|🤪 zany|🤗 hugs abraco
🤔 thinking pensando|🤨 raised_eyebrow|😐 neutral|😑 expressionless|🙄 roll_eyes|😏 smirk|😬 grimacing|😌 relieved alivio|😴 sleeping sono
😷 mask|🤒 sick doente|🤯 exploding_head|😎 sunglasses oculos|🤓 nerd|😕 confused|😟 worried preocupado|😮 open_mouth|😲 astonished|😳 flushed
🥺 pleading|😢 cry triste|😭 sob chorando|😱 scream susto|😞 disappointed|😤 triumph|😡 rage raiva|😠 angry|🤬 cursing|😈 smiling_imp|💀 skull caveira
💩 poop|🤡 clown palhaco|👻 ghost fantasma|👽 alien|🤖 robot robo|🎃 pumpkin|😺 cat_smile|🙈 see_no_evil|🙉 hear_no_evil|🙊 speak_no_evil
👍 +1 thumbsup joinha|👎 -1 thumbsdown|👌 ok_hand|✌️ v paz|🤞 crossed_fingers|🤘 metal|👋 wave tchau ola|✋ hand|🖐️ raised_hand|👏 clap palmas
🙌 raised_hands|🙏 pray obrigado|🤝 handshake|💪 muscle forca|👀 eyes olhos|🧠 brain|🤷 shrug|🤦 facepalm|🙋 raising_hand|💃 dancer|🕺 dancing
❤️ heart coracao|🧡 orange_heart|💛 yellow_heart|💚 green_heart|💙 blue_heart|💜 purple_heart|🖤 black_heart|💔 broken_heart|💯 100|💥 boom
✨ sparkles brilho|⭐ star estrela|🌟 star2|🔥 fire fogo|⚡ zap raio|❄️ snowflake neve|☀️ sunny sol|🌧️ rain chuva|🌈 rainbow arco_iris|🌙 moon lua
🎉 tada festa|🎊 confetti|🎂 birthday aniversario|🎁 gift presente|🏆 trophy trofeu|🥇 first_place|⚽ soccer futebol|🎵 music musica|🎸 guitar violao|🎮 game
☕ coffee cafe|🍵 tea cha|🍺 beer cerveja|🍻 beers|🍷 wine vinho|🥂 cheers brinde|🍕 pizza|🍔 burger|🌽 corn milho|🍞 bread pao|🍰 cake bolo|🍫 chocolate
🍎 apple maca|🍌 banana|🍉 watermelon melancia|🐶 dog cachorro|🐱 cat gato|🐭 mouse|🦊 fox|🐻 bear|🐼 panda|🐧 penguin pinguim|🐢 turtle tartaruga
🦀 crab rust|🐍 snake python|🐛 bug|🐝 bee abelha|🦋 butterfly borboleta|🌵 cactus|🌹 rose rosa|🌻 sunflower girassol|🌳 tree arvore|🍀 clover trevo
🚀 rocket foguete|✈️ airplane aviao|🚗 car carro|🚌 bus onibus|🚲 bike bicicleta|🏠 house casa|🏫 school escola|🏖️ beach praia|🌍 earth mundo|🇧🇷 brazil brasil
💻 computer|📱 phone celular|⌨️ keyboard teclado|💾 floppy|🔋 battery|💡 bulb ideia|🔒 lock cadeado|🔑 key chave|🔧 wrench|🔨 hammer martelo|⚙️ gear|📎 paperclip
📌 pin|📝 memo nota|📚 books livros|📖 book livro|✏️ pencil lapis|📅 calendar|⏰ alarm|⏳ hourglass|🔔 bell sino|📣 mega|💬 speech fala|🔍 search lupa
✅ check ok|❌ x nao|❓ question|❗ exclamation|⚠️ warning aviso|⛔ no_entry|🚧 construction|♻️ recycle|🆗 okay|🆕 new|➡️ right|⬅️ left|⬆️ up|⬇️ down
`;

/** Each emoji with its names, the first of which is the one that is shown. @type {{emoji: string, names: string[]}[]} */
export const EMOJI_NAMED = TABLE.trim().split(/[|\n]/).map((entry) => {
  const [emoji, ...names] = entry.split(" ");
  return { emoji, names };
});
