# A janela.

window-start = Entrar em uma sala
window-start-target = Convite ou endereço
window-start-name = Seu nome
window-start-join = Entrar
window-invite = Convidar
window-connecting = conectando…
window-connected = conectado
window-connected-in = conectado, { $ms } ms
window-waiting = reconectando…
window-stopped = sem conexão
window-message = Mensagem
window-send = Enviar
