//! The program behind the window: what has happened goes into the state, what the person does comes out of
//! the view, and what follows goes to the core. Not here: any of the three.

use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use egui::{Context, OpenUrl, ViewportBuilder, ViewportCommand};
use papo_client::ignored::Ignored;
use papo_client::petnames::Petnames;
use papo_client::state::{Command, Dialog, Happening, Memory, OnClose, Theme, WindowMemory};
use papo_client::{Profile, State};
use papo_proto::{Invite, MemberId, Timestamp};
use papo_words::Language;

use crate::choices::{self, Begun};
use crate::core::Core;
use crate::desk::Desk;
use crate::frames::FrameTimes;
use crate::platform::class;
use crate::platform::instance::{Claim, Instance};
use crate::platform::links;
use crate::platform::notify::Notifier;
use crate::text::fonts;
use crate::text::system::SystemFonts;
use crate::{Options, WindowError, bubble, theme};

/// How long after a change drafts and settings are kept: a person who types causes one write now and then.
const SAVE_AFTER: Duration = Duration::from_millis(500);

/// How long a title stands at least.
const TITLE_EVERY: Duration = Duration::from_secs(1);

/// Shows the window until it is closed.
pub fn run(options: Options) -> Result<(), WindowError> {
    let local = |error: &dyn std::error::Error| WindowError::Local(error.to_string());
    let profile = Profile::open(options.profile.clone()).map_err(|error| local(&error))?;
    let instance = match Instance::claim(profile.folder(), &handed(&options)) {
        Ok(Claim::Handed) => return Ok(()),
        Ok(Claim::First(instance)) => Some(instance),
        Err(error) => {
            // A file system without locks is no reason not to chat.
            tracing::warn!(%error, "whether there is another window cannot be known");
            None
        }
    };
    let identity = profile.identity().map_err(|error| local(&error))?;
    let memory = profile.read_memory().map_err(|error| local(&error))?;
    let mut memory = memory.and_then(|text| Memory::from_text(&text)).unwrap_or_default();
    let Begun { mut configuration, file } = choices::begin(&options, &mut memory);
    let window = memory.window;
    let mut state = State::new(memory, MemberId::of_key(&identity.public_key()), &options.name);
    state.configuration = file;
    if let Some(configuration) = &mut configuration {
        configuration.begin(state.choices());
    }
    read_people(&profile, &mut state);
    let mut commands = state.begin();
    state.apply(Happening::Links(links::state()), now());
    if let Some(link) = options.link.clone() {
        commands.extend(state.apply(Happening::Opened(link), now()));
    } else if let Some(place) = options.place.clone() {
        commands.extend(state.act(papo_client::state::Action::JoinPlace(Box::new(place)), now()));
    }
    if state.configuration.fault.is_some() || state.configuration.rest.is_some() {
        commands.extend(state.act(papo_client::state::Action::Show(Dialog::Settings), now()));
    }
    let frame_times = options.frame_times.as_deref().map(FrameTimes::create).transpose();
    let frame_times = frame_times.map_err(|error| local(&error))?;
    // The fonts are looked through while the window is made.
    let system_fonts = Arc::new(SystemFonts::new());
    let native = eframe::NativeOptions {
        viewport: viewport(window),
        window_builder: Some(class::hook()),
        system_font_fallback: false,
        ..eframe::NativeOptions::default()
    };
    let mut failed = None;
    let result = eframe::run_native(
        "papo",
        native,
        Box::new(|creation| {
            fonts::install(&creation.egui_ctx, Some(system_fonts));
            match Core::new(profile, options.profile, identity, configuration, &creation.egui_ctx) {
                Ok(core) => {
                    listen(instance, &core);
                    let app = App::new(Desk::new(state), core, commands, &creation.egui_ctx);
                    Ok(Box::new(App { frame_times, ..app }))
                }
                Err(error) => {
                    let text = error.to_string();
                    failed = Some(error);
                    Err(text.into())
                }
            }
        }),
    );
    match (result, failed) {
        (_, Some(error)) => Err(error),
        (Err(error), None) => Err(WindowError::NoDisplay(error.to_string())),
        (Ok(()), None) => Ok(()),
    }
}

/// Reads what the person calls others, and whom they ignore.
fn read_people(profile: &Profile, state: &mut State) {
    match Petnames::read(&profile.petnames()) {
        Ok(petnames) => state.set_petnames(petnames),
        Err(error) => tracing::warn!(%error, "the person's own names for others are not shown"),
    }
    match Ignored::read(&profile.ignored()) {
        Ok(ignored) => state.set_ignored(ignored),
        Err(error) => tracing::warn!(%error, "whoever is ignored is shown all the same"),
    }
}

/// What another window is asked to open.
fn handed(options: &Options) -> String {
    if let Some(link) = &options.link {
        return link.clone();
    }
    let Some(place) = &options.place else { return String::new() };
    place.fingerprint.map_or_else(
        || place.address.to_string(),
        |fingerprint| {
            let (address, room, secret) = (place.address.clone(), place.room.clone(), place.invite.clone());
            Invite { address, room, fingerprint, secret, others: place.others.clone() }.to_string()
        },
    )
}

/// Hears what further starts of the program want.
fn listen(instance: Option<Instance>, core: &Core) {
    if let Some(instance) = instance
        && let Err(error) = instance.listen(core.on_handed())
    {
        tracing::warn!(%error, "further starts of the program are not heard");
    }
}

fn viewport(window: WindowMemory) -> ViewportBuilder {
    let size = window.size.map_or(theme::size::WINDOW, |(width, height)| [width, height]);
    let builder = ViewportBuilder::default()
        .with_title("papo")
        .with_icon(bubble::icon(theme::LIGHT.accent, bubble::ICON_PIXELS))
        .with_inner_size(size)
        .with_min_inner_size(theme::size::WINDOW_MIN)
        .with_maximized(window.is_maximised);
    match window.position {
        Some((x, y)) => builder.with_position([x, y]),
        None => builder,
    }
}

/// The time by this computer's clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_ms(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// The running window.
struct App {
    desk: Desk,
    core: Core,
    notifier: Notifier,
    /// When the memory has to be kept.
    save_at: Option<Instant>,
    /// What the window's title says.
    title: String,
    /// Since when it says so.
    titled: Instant,
    /// What the command line, the file or the system has asked for; it holds until another is chosen.
    language: Language,
    /// What the settings named when the program began.
    language_known: Option<String>,
    /// Whether the program ends, however the window is closed.
    is_ending: bool,
    /// Whether closing has put the window away, and the person has not come back to it since.
    is_put_away: bool,
    /// Where the times of frames are written.
    frame_times: Option<FrameTimes>,
}

impl App {
    fn new(desk: Desk, core: Core, commands: Vec<Command>, context: &Context) -> Self {
        theme::install(context, desk.state.settings.reduced_motion);
        let notifier = Notifier::start(core.on_click());
        let language_known = desk.state.settings.language.clone();
        let mut app = Self {
            desk,
            core,
            notifier,
            save_at: None,
            title: String::new(),
            titled: Instant::now(),
            language: papo_words::language(),
            language_known,
            is_ending: false,
            is_put_away: false,
            frame_times: None,
        };
        app.execute(context, commands);
        app
    }

    fn apply(&mut self, context: &Context, happening: Happening) {
        let commands = self.desk.state.apply(happening, now());
        self.execute(context, commands);
    }

    fn execute(&mut self, context: &Context, commands: Vec<Command>) {
        for command in commands {
            let Some(command) = self.core.execute(command) else { continue };
            match command {
                Command::Save => {
                    self.save_at.get_or_insert_with(|| Instant::now() + SAVE_AFTER);
                    context.request_repaint_after(SAVE_AFTER);
                }
                Command::OpenLink(link) => context.open_url(OpenUrl::new_tab(link)),
                Command::Copy(text) => context.copy_text(text),
                Command::Configure => self.core.configure(self.desk.state.choices()),
                Command::Quit => {
                    self.is_ending = true;
                    context.send_viewport_cmd(ViewportCommand::Close);
                }
                Command::Notify(notification) => {
                    if !self.desk.is_quiet(now()) {
                        self.notifier.show(&notification);
                    }
                }
                _ => tracing::warn!("a command that nobody carries out"),
            }
        }
    }

    fn save_if_due(&mut self) {
        if self.save_at.is_some_and(|at| at <= Instant::now()) {
            self.save_at = None;
            self.core.save(self.desk.state.memory().to_text());
        }
    }

    fn look(&mut self, context: &Context) {
        let settings = &self.desk.state.settings;
        context.set_theme(match settings.theme {
            Theme::System => egui::ThemePreference::System,
            Theme::Light => egui::ThemePreference::Light,
            Theme::Dark => egui::ThemePreference::Dark,
        });
        if settings.language != self.language_known {
            self.language_known.clone_from(&settings.language);
            let chosen = settings.language.as_deref().and_then(Language::from_tag);
            self.language = chosen.unwrap_or_else(Language::of_system);
            papo_words::set_language(self.language);
        }
        context.set_zoom_factor(f32::from(settings.text_percent) / 100.0);
    }

    /// Gives the window its title, at most once in [`TITLE_EVERY`]: each new one has the window drawn twice more, and in
    /// a busy room that nobody looks at the count in it grows with every message. Behind the view, which has read by then
    /// what has just come: else a title would change with every message and back again.
    fn name(&mut self, context: &Context) {
        let title = crate::view::title(&self.desk.state);
        if title == self.title {
            return;
        }
        let wait = TITLE_EVERY.saturating_sub(self.titled.elapsed());
        if wait.is_zero() || self.title.is_empty() {
            context.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
            self.titled = Instant::now();
        } else {
            context.request_repaint_after(wait);
        }
    }

    /// Takes note of whether the person looks, also while nothing is drawn.
    fn watch_focus(&mut self, context: &Context) {
        let is_focused = context.input(|input| input.raw.focused && input.viewport().minimized != Some(true));
        if is_focused != self.desk.state.is_focused {
            self.is_put_away &= !is_focused;
            self.apply(context, Happening::Focus(is_focused));
        }
    }

    /// Takes note of where the window is.
    fn watch(&mut self, context: &Context) {
        let window = context.input(|input| {
            let viewport = input.viewport();
            let pair = |x: f32, y: f32| (x.round(), y.round());
            let size = viewport.inner_rect.map(|rect| pair(rect.width(), rect.height()));
            let position = viewport.outer_rect.map(|rect| pair(rect.min.x, rect.min.y));
            WindowMemory { size, position, is_maximised: viewport.maximized.unwrap_or(false) }
        });
        let known = self.desk.state.window;
        let window = match window.size {
            Some(_) if !window.is_maximised => window,
            // What it is when it fills the screen is not what it shall be afterwards.
            _ => WindowMemory { is_maximised: window.is_maximised, ..known },
        };
        if window != known {
            let commands = self.desk.state.act(papo_client::state::Action::MoveWindow(window), now());
            self.execute(context, commands);
        }
    }
}

/// Takes the window off the screen instead of closing it, where that is what the person has chosen. Closing it a second
/// time, from the task bar, ends the program; also where the system does not say whether a window is on the screen, or
/// leaves it there.
fn close_or_not(context: &Context, on_close: OnClose, is_put_away: &mut bool) {
    let is_asked =
        context.input(|input| input.viewport().close_requested() && input.viewport().minimized != Some(true));
    if is_asked && on_close == OnClose::Minimise && !mem::replace(is_put_away, true) {
        context.send_viewport_cmd(ViewportCommand::CancelClose);
        context.send_viewport_cmd(ViewportCommand::Minimized(true));
    }
}

impl eframe::App for App {
    fn logic(&mut self, context: &Context, _frame: &mut eframe::Frame) {
        if let Some(frame_times) = &mut self.frame_times {
            frame_times.begin();
        }
        self.watch_focus(context);
        if !self.is_ending {
            close_or_not(context, self.desk.state.settings.on_close, &mut self.is_put_away);
        }
        for happening in self.core.take() {
            self.apply(context, happening);
        }
        if context.input(|input| input.viewport().minimized == Some(true)) {
            // Nothing is drawn, and the task bar is all that shows what is unread.
            self.name(context);
        }
        self.save_if_due();
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        let context = ui.ctx().clone();
        self.watch(&context);
        self.look(&context);
        let commands = self.desk.ui(ui, now());
        self.execute(&context, commands);
        self.name(&context);
        if let Some(frame_times) = &mut self.frame_times {
            frame_times.laid_out(&self.desk.state, frame.info().cpu_usage);
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.core.save(self.desk.state.memory().to_text());
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}

#[cfg(test)]
mod tests {
    use egui::{RawInput, ViewportEvent, ViewportId};

    use super::*;

    /// Invariant: closing ends the program unless the person has chosen otherwise, and there is always a way to end it.
    #[test]
    fn closing_does_what_was_chosen() {
        let minimises = [ViewportCommand::CancelClose, ViewportCommand::Minimized(true)];
        for (on_close, minimized, was_put_away, is_asked, expected) in [
            (OnClose::Quit, Some(false), false, true, &[][..]),
            (OnClose::Minimise, Some(false), false, true, &minimises[..]),
            (OnClose::Minimise, None, false, true, &minimises[..]),
            (OnClose::Minimise, None, true, true, &[][..]),
            (OnClose::Minimise, Some(true), false, true, &[][..]),
            (OnClose::Minimise, Some(false), false, false, &[][..]),
        ] {
            let mut input = RawInput::default();
            let viewport = input.viewports.entry(ViewportId::ROOT).or_default();
            viewport.minimized = minimized;
            viewport.events.extend(is_asked.then_some(ViewportEvent::Close));
            let mut is_put_away = was_put_away;
            let output = Context::default()
                .run_logic(&input, |context| close_or_not(context, on_close, &mut is_put_away));
            let commands = output.viewport_commands.get(&ViewportId::ROOT);
            assert_eq!(commands.map_or(&[][..], Vec::as_slice), expected, "{on_close:?} {minimized:?}");
            assert_eq!(is_put_away, was_put_away || !expected.is_empty());
        }
    }
}
