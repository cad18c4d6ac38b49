# papo as a container: one static program and nothing beside it: no shell, no packages, no root.
#
#   docker build -t papo .
#   docker run -d --name papo -p 12345:12345 -v papo:/data --read-only --cap-drop ALL papo --address chat.example
#   docker exec papo papo room lobby owner-invite
#
# Everything it keeps is in the volume /data. Options are variables (PAPO_ADDRESS, PAPO_LOG and so on; `papo serve --help`
# names them) or stand behind the image's name. examples/compose.yaml and examples/kubernetes.yaml run it.

FROM docker.io/library/rust:1.95-bookworm AS build
# musl links everything into the program; its compiler is for the two libraries in C (cryptography and SQLite).
RUN apt-get update \
    && apt-get install --yes --no-install-recommends musl-tools \
    && rm -rf /var/lib/apt/lists/*
RUN rustup target add "$(uname -m)-unknown-linux-musl"
# Without line numbers for backtraces, which are three quarters of the program.
ENV CC_x86_64_unknown_linux_musl=musl-gcc CC_aarch64_unknown_linux_musl=musl-gcc CARGO_PROFILE_RELEASE_STRIP=debuginfo
WORKDIR /papo
COPY . .
# Without the window, which a server has no screen for.
RUN target="$(uname -m)-unknown-linux-musl" \
    && cargo build --release --locked --package papo --no-default-features --target "$target" \
    && install -D --mode=755 "target/$target/release/papo" /image/bin/papo \
    && install --directory --mode=700 --owner=65532 --group=65532 /image/data

FROM scratch
COPY --from=build /image/bin/papo /bin/papo
# A new volume takes over whose folder this is.
COPY --from=build --chown=65532:65532 --chmod=700 /image/data /data
# Authorities for `--acme`, and for an engine that is reached over TLS.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
USER 65532:65532
# Others reach it, so people come in by an invite. `papo health` reads the same variables.
# What a container prints is kept in logs, so no invite is printed.
ENV PAPO_DATA=/data PAPO_IP=0.0.0.0 PAPO_NO_INVITE=1 PAPO_LOG_FORMAT=json PAPO_LANG=en PATH=/bin
VOLUME /data
EXPOSE 12345
# It tells everybody, stores what came in, and ends within five seconds.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s --retries=3 CMD ["/bin/papo", "health"]
ENTRYPOINT ["/bin/papo", "serve"]
