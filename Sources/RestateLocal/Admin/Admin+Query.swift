internal import CanonicalJSON
internal import Dispatch
internal import Foundation
internal import Primitives
internal import RestateHTTP
internal import RestateRuntime
internal import SQLEngine

/// The route for SQL queries.
extension Admin {
    private struct QueryBody: Decodable {
        var query: String
    }

    /// Answers in JSON if the client accepts exactly that, and in Arrow's format otherwise.
    ///
    /// The answer is sent when it is complete. So a query that exceeds a limit gets a status and a
    /// sentence that names the limit, and the answer can pass the commit gate. If the client goes
    /// away, its query is cancelled.
    func query(_ request: AdminRequest) async throws(AdminError) -> HTTPAnswer {
        let query = try request.json(QueryBody.self, "a query").query
        let form: Query.Form = request.accept == "application/json" ? .json : .arrow
        let (engine, limits) = (engine, queryLimits)
        let cancellation = QueryCancellation()
        let answer = await withTaskCancellationHandler {
            await queryThreads.run {
                Self.answer(
                    query, form, EngineLook(engine: engine, limits: limits), limits, cancellation)
            }
        } onCancel: {
            cancellation.cancel()
        }
        return answer
            ?? .json(503) { line in
                line.member(
                    "message", "\(limits.waiting) queries are waiting already. Try again later.")
            }
    }

    private static func answer(
        _ query: String, _ form: Query.Form, _ access: EngineLook, _ limits: QueryLimits,
        _ cancellation: QueryCancellation
    ) -> HTTPAnswer {
        do throws(QueryError) {
            let body = try Query.answer(
                query, on: RuntimeTables(access: access, version: version), as: form,
                now: Int64(Date().timeIntervalSince1970 * 1e6), limits: limits,
                cancellation: cancellation)
            if form == .json { return .json(200, body) }
            return HTTPAnswer(
                status: 200, headers: [("content-type", ArrowStream.contentType)], body: body)
        } catch {
            return .json(error.status) { $0.member("message", "\(error)") }
        }
    }
}

/// Reads the engine's runtime from a thread of queries, which blocks until the engine's loop has
/// run the closure.
private struct EngineLook: RuntimeAccess {
    let engine: EngineAccess
    let limits: QueryLimits

    func look<Answer: Sendable>(
        _ body: @escaping @Sendable (LocalRuntime) -> Answer
    ) throws -> Answer {
        let answer = Locked<Answer?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        engine.post { engine in
            let found = body(engine.runtime)
            answer.withLock { $0 = found }
            isDone.signal()
        }
        // The loop does not run the closure any more if the server was shut down meanwhile.
        let patience = DispatchTimeInterval.milliseconds(
            Int(clamping: limits.time.components.seconds) * 1000 + 1000)
        guard isDone.wait(timeout: .now() + patience) == .success,
            let found = answer.withLock({ $0.take() })
        else {
            throw QueryError.execution("the runtime has stopped")
        }
        return found
    }
}
