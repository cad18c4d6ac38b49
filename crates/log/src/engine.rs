//! The thread on which the clients of shared engines run. They are asynchronous and the log is not: this thread drives
//! their sockets and timers, and whoever calls the log waits on the caller's own thread. Nothing else runs here.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// How an engine's certificate is checked: by the system's authorities.
pub(crate) fn tls() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.with_platform_verifier()?.with_no_client_auth())
}

/// A runtime on a thread of its own, which ends when this is dropped.
pub(crate) struct EngineThread {
    handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl EngineThread {
    /// Starts the thread.
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("papo-engine".to_owned()).spawn(move || {
            // Ends as well where the sender is gone without a word.
            let _ = runtime.block_on(stopped);
            runtime.shutdown_background();
        })?;
        Ok(Self { handle, stop: Some(stop), thread: Some(thread) })
    }

    /// Waits on the caller's thread until the work is done. Not to be called from the engine's own tasks.
    pub(crate) fn wait<F: Future>(&self, work: F) -> F::Output {
        self.handle.block_on(work)
    }

    /// The runtime, for whoever waits on a thread of its own. It must not outlive this.
    pub(crate) fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Begins with work that nobody waits for.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.handle.spawn(work);
    }
}

impl Drop for EngineThread {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // It ends by itself, and has nothing to say.
            let _ = thread.join();
        }
    }
}
