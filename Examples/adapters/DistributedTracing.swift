import Instrumentation
import Restate
import ServiceContextModule
import Tracing

/// Makes a span of each attempt, and of each step that runs, with swift-distributed-tracing.
struct DistributedTracing: InvocationHooks {
    func attempt(_ attempt: AttemptInfo, _ next: () async throws -> Void) async throws {
        var context = ServiceContext.topLevel
        InstrumentationSystem.instrument.extract(
            attempt.attemptHeaders, into: &context, using: HeadersExtractor())
        try await withSpan("attempt \(attempt.target)", context: context, ofKind: .server) { span in
            span.attributes["restate.invocation.id"] = attempt.id
            span.attributes["restate.invocation.target"] = attempt.target.description
            try await recordingErrors(in: span, next)
        }
    }

    func run(
        _ name: String, _ attempt: AttemptInfo,
        _ next: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withSpan("run (\(name))") { span in
            span.attributes["restate.run.name"] = name
            try await recordingErrors(in: span, next)
        }
    }

    private func recordingErrors(
        in span: any Span, _ next: () async throws -> Void
    ) async throws {
        do {
            try await next()
        } catch let end as AttemptEnd where end.isSuspension {
            throw end  // no error of the span
        } catch {
            span.recordError(error)
            span.setStatus(SpanStatus(code: .error, message: "\(error)"))
            throw error
        }
    }
}

private struct HeadersExtractor: Extractor {
    func extract(key: String, from headers: [(name: String, value: String)]) -> String? {
        headers.first { $0.name.lowercased() == key.lowercased() }?.value
    }
}
