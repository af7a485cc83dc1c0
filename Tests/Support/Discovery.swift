import RestateHTTP

/// Asks an endpoint on this machine for its manifest, as a server does at registration.
package func discover(
    port: Int, accept: String
) async throws -> (status: Int, contentType: String?, body: [UInt8]) {
    let loop = EventLoop()
    loop.start()
    let answer = Task(executorPreference: loop) {
        let connection = try await ClientConnection.connect(
            loop: loop, host: "127.0.0.1", port: port, limits: .patient)
        let head = RequestHead(
            method: "GET", path: "/discover", authority: "localhost", headers: ["accept": accept])
        let stream = connection.open(head, endStream: true)
        var body: [UInt8] = []
        while !stream.isClosed {
            if stream.hasInput { body += stream.takeInput() } else { await stream.changed() }
        }
        body += stream.takeInput()
        connection.close()
        return (stream.responseStatus ?? 0, stream.responseHeaders["content-type"], body)
    }
    let result = await answer.result
    await loop.stopped()
    return try result.get()
}
