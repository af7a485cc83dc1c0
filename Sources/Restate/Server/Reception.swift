import Primitives
import RestateHTTP
import RestateIdentity
import RestateJournals
import RestateMachine
import RestateProtocol

/// Receives the requests of one event loop and passes each to its handler, its route or discovery.
final class Reception: RequestReceiver {
    private let router: Router
    private let loop: EventLoop
    private let placement: Placement
    private let gate: RequestGate?
    /// The mode that discovery names; nil chooses by the HTTP version of the request.
    private let mode: ProtocolMode?

    init(
        _ router: Router, _ placement: Placement, _ loop: EventLoop, mode: ProtocolMode? = nil
    ) {
        self.router = router
        self.mode = mode
        self.placement = placement
        self.loop = loop
        gate = router.identityKeys.map(RequestGate.init)
    }

    func received(_ stream: RequestStream) {
        var place = Router.Place.nothing
        stream.withPath { place = router.place(of: $0) }
        // Checked first, so that clients without a key cannot find out which handlers exist.
        if let gate, let refusal = refusal(of: stream, asking: place, at: gate) {
            return refuse(stream, 401, refusal.description)
        }
        switch place {
        case .handler(let handler): invoke(handler, stream)
        case .unknownHandler(let name): refuse(stream, 404, router.explain(unknown: name))
        case .discovery:
            if isMethod(stream, "GET", allowed: "GET") { discover(stream) }
        case .health:
            guard stream.method == "HEAD" || isMethod(stream, "GET", allowed: "GET") else { return }
            stream.respond(status: 200, headers: ["x-restate-server": Discovery.server])
            stream.finish()
        case .routes(let routes, let path):
            let method = stream.method
            guard let route = routes.first(where: { $0.accepts(method) }) else {
                let allowed = routes.map(\.method).joined(separator: ", ")
                return refuse(wrongMethod: stream, allowed: allowed)
            }
            let box = LoopBound(stream, on: loop)
            stream.task = Task(executorPreference: loop) { await route.serve(box.value, path) }
        case .nothing: refuse(stream, 404, "There is nothing at \(stream.path.prefix(200)).")
        }
    }

    func receivedWhileDraining(_ stream: RequestStream) {
        // The server retries after exactly this time, and then reaches an endpoint that serves.
        refuse(stream, 503, "This endpoint is shutting down.", field: ("retry-after", "1"))
    }

    /// Returns false after it has refused another method.
    private func isMethod(_ stream: RequestStream, _ method: String, allowed: String) -> Bool {
        if stream.method == method { return true }
        refuse(wrongMethod: stream, allowed: allowed)
        return false
    }

    private func refuse(wrongMethod stream: RequestStream, allowed: String) {
        refuse(
            stream, 405, "\(stream.method) is not possible here; \(allowed) is.",
            field: ("allow", allowed))
    }

    private func refusal(
        of stream: RequestStream, asking place: Router.Place, at gate: RequestGate
    ) -> IdentityRefusal? {
        guard let audience = place.audience else { return nil }
        let now = UInt64(clamping: millisecondsSince1970() / 1000)
        return gate.refusal(of: stream, audience: audience, at: now)
    }

    private func invoke(_ handler: ServedHandler, _ stream: RequestStream) {
        guard stream.isMethod("POST") else {
            return refuse(
                stream, 405, "Handlers are invoked with POST, not \(stream.method).",
                field: ("allow", "POST"))
        }
        let known = Self.heads.indices.first {
            stream.headerEquals("content-type", Self.heads[$0].version.contentType)
        }
        guard let known else {
            if replay(handler, stream) { return }
            let error = NegotiationError(contentType: stream.header("content-type"))
            return refuse(stream, 415, error.description)
        }
        stream.awaitsBody = true
        // Sent before the journal is read, because the server waits for it.
        stream.respond(status: 200, headers: Self.heads[known].head)
        stream.task = placement.begin(handler, Self.heads[known].version, stream, on: loop)
    }

    /// Replays a recorded journal, if that is what the content type asks for.
    private func replay(_ handler: ServedHandler, _ stream: RequestStream) -> Bool {
        let type = stream.header("content-type") ?? ""
        let version = ProtocolVersion.allCases.first {
            type == "\($0.contentType)\(ReplayMark.parameter)"
        }
        guard let version, let twin = router.replaying(handler) else { return false }
        stream.awaitsBody = true
        stream.respond(
            status: 200, headers: ["content-type": type, "x-restate-server": Discovery.server])
        stream.task = placement.begin(twin, version, stream, on: loop)
        return true
    }

    /// The response's head for each version, made once. The most frequent version comes first.
    private static let heads: [(version: ProtocolVersion, head: HeaderFields)] =
        [ProtocolVersion.v6, .v7, .v5].map { version in
            let head: HeaderFields = [
                "content-type": version.contentType.description,
                "x-restate-server": Discovery.server,
            ]
            return (version, head)
        }

    private func discover(_ stream: RequestStream) {
        let accept = stream.header("accept")
        guard let version = Discovery.negotiate(accept: accept) else {
            let known = Discovery.versions.map(Discovery.contentType).joined(separator: ", ")
            return refuse(
                stream, 415,
                "None of the manifest versions '\((accept ?? "").prefix(400))' is known here; these "
                    + "are: \(known).")
        }
        do {
            let mode = mode ?? router.mode(over: stream.version)
            let manifest = try router.discovery.manifest(version: version, mode: mode)
            stream.respond(
                status: 200,
                headers: [
                    "content-type": Discovery.contentType(version),
                    "x-restate-server": Discovery.server,
                ])
            stream.write(manifest)
            stream.finish()
        } catch {
            refuse(stream, 500, error.description)
        }
    }

    private func refuse(
        _ stream: RequestStream, _ status: Int, _ sentence: String,
        field: (name: String, value: String)? = nil
    ) {
        var headers: HeaderFields = [
            "content-type": "text/plain; charset=utf-8", "x-restate-server": Discovery.server,
        ]
        if let field { headers.append(name: field.name, value: field.value) }
        stream.respond(status: status, headers: headers)
        stream.write(Array("\(sentence)\n".utf8))
        stream.finish()
    }
}
