import Commands
import Foundation
import Restate
import RestateLocal
import SQLite

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// What finished invocations cost: memory while the local runtime runs, and time when it starts.
///
/// `FINISHED=1000000 WAITING=100000 CALLS=200000 benchmarks folder` sets the sizes.
extension Benchmark {
    static let folder = Benchmark(
        name: "folder",
        purpose:
            "finished invocations: bytes of memory for each, and the start of a large data folder"
    ) { tell in
        let calls = try size("CALLS", 200_000)
        let (finished, waiting) = try (size("FINISHED", 100_000), size("WAITING", 10_000))
        // Freed memory is used again, so what takes most comes last.
        try await withFolder { folder in
            tell("in a folder, bytes each" + column(try await memoryOfCalls(calls, folder: folder)))
        }
        try await withFolder { folder in
            try await fill(folder, finished: 0, waiting: waiting)
            let few = try await start(folder)
            tell("start with \(waiting) waiting, seconds" + column(few.seconds))
            try await withFolder { folder in
                try await fill(folder, finished: finished, waiting: waiting)
                let many = try await start(folder)
                tell("… and \(finished) finished, seconds" + column(many.seconds))
                tell("… bytes each" + column((many.bytes - few.bytes) / Double(finished)))
            }
        }
        tell("in memory, bytes each" + column(try await memoryOfCalls(calls, folder: nil), 10))
    }

    private static func size(_ name: String, _ usual: Int) throws -> Int {
        guard let text = ProcessInfo.processInfo.environment[name] else { return usual }
        guard let size = Int(text), size > 0 else {
            throw UsageError("\(name) must be a whole number above 0, and not '\(text)'.")
        }
        return size
    }

    /// The memory that a call leaves behind, which has no idempotency key of its own.
    private static func memoryOfCalls(_ calls: Int, folder: String?) async throws -> Double {
        let server = try await LocalServer(.measured(folder: folder)).start()
        try await server.register(Endpoint(MeasuredGreeter()))
        let load = Load.greeting(through: server)
        // Pools and caches are filled first.
        _ = try await load.rate(requests: 20_000)
        let before = try residentBytes()
        _ = try await load.rate(requests: calls)
        let after = try residentBytes()
        await server.shutdown()
        return (after - before) / Double(calls)
    }

    /// The time until both ports are open, and the memory that the runtime takes then.
    private static func start(_ folder: String) async throws -> (seconds: Double, bytes: Double) {
        let before = try residentBytes()
        let begin = ContinuousClock.now
        let server = try await LocalServer(.measured(folder: folder)).start()
        let seconds = begin.duration(to: .now) / .seconds(1)
        let bytes = try residentBytes() - before
        await server.shutdown()
        return (seconds, bytes)
    }

    /// Makes a folder: a runtime stores one invocation of each kind, which SQL then multiplies. An id
    /// stands in a record behind its first two bytes.
    private static func fill(_ folder: String, finished: Int, waiting: Int) async throws {
        let server = try await LocalServer(.measured(folder: folder)).start()
        try await server.register(Endpoint(MeasuredGreeter()))
        for path in ["/MeasuredGreeter/greet", "/MeasuredGreeter/greet/send?delay=20d"] {
            var request = URLRequest(url: URL(string: server.ingressURL + path)!)
            request.httpMethod = "POST"
            request.setValue("application/json", forHTTPHeaderField: "content-type")
            request.httpBody = Data("\"alice\"".utf8)
            _ = try await URLSession.shared.data(for: request)
        }
        await server.shutdown()
        let database = try Database(path: "\(folder)/restate-local.sqlite")
        let record = "CAST(substr(record, 1, 2) || i || substr(record, 27) AS BLOB)"
        func numbers(_ first: Int, _ count: Int) -> String {
            "WITH RECURSIVE n(s, i) AS MATERIALIZED (SELECT \(first), randomblob(24) UNION ALL "
                + "SELECT s + 1, randomblob(24) FROM n LIMIT \(count)) "
        }
        try database.execute(
            """
            BEGIN;
            \(finished == 0 ? "" : """
            INSERT INTO finished \(numbers(1000, finished)) SELECT s, i, expires + s, completed + s,
                \(record) FROM n, finished WHERE serial = 1;
            INSERT INTO journals SELECT f.serial, j.first, j.entries FROM finished f, journals j
                WHERE j.serial = 1 AND f.serial > 1;
            """)
            INSERT INTO invocations \(numbers(10_000_000, waiting)) SELECT s, \(record)
                FROM n, invocations WHERE serial = 2;
            INSERT INTO journals SELECT i.serial, j.first, j.entries FROM invocations i, journals j
                WHERE j.serial = 2 AND i.serial > 2;
            COMMIT;
            """)
    }
}
