/// Returns all bytes that an endpoint answers to a journal whose request ends right after the
/// replay.
package func answer(to golden: Golden, port: Int) async throws -> [UInt8] {
    try await withEventLoop { loop in
        let task = Task(executorPreference: loop) {
            let connection = try await HTTPGoldenConnection.connect(loop: loop, port: port)
            connection.open(
                path: golden.requestPath,
                headers: golden.requestHeaders.map { (name: $0.key, value: $0.value) })
            for frame in golden.frames where frame.direction == .toEndpoint {
                try await connection.send(frame.bytes)
            }
            try connection.end()
            var answer: [UInt8] = []
            while true {
                switch try await connection.next() {
                case .head: continue
                case .bytes(let bytes): answer += bytes
                case .ended:
                    connection.close()
                    return answer
                case .reset: throw FixtureError("the endpoint reset \(golden.path)")
                }
            }
        }
        return await task.result
    }.get()
}
