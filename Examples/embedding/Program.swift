import Foundation
import Restate

struct Greeter: Service {
    func greet(_ ctx: Context, name: String) async throws -> String {
        let greeting = try await ctx.run("choose") { "Hello" }
        return "\(greeting), \(name)!"
    }

    struct API: HandlerTable { let greet = handler(Greeter.greet) }
}

/// A web server with pages of its own, which serves handlers to a Restate server below `/restate`.
@main
struct Program {
    static func main() async throws {
        signal(SIGTERM) { _ in exit(0) }
        let restate = try EmbeddedEndpoint(Endpoint(Greeter()))
        let server = try TinyServer(port: CommandLine.arguments.dropFirst().first ?? "8000")
        print("Listening on port \(server.port)")
        fflush(nil)
        await server.serve { request in
            if request.path == "/hello" { return TinyResponse(status: 200, text: "Hello\n") }
            guard request.path.hasPrefix("/restate/") else {
                return TinyResponse(status: 404, text: "There is nothing at \(request.path).\n")
            }
            let response = try await restate.respond(
                to: EmbeddedRequest(
                    method: request.method, path: request.path, headers: request.headers),
                body: request.body)
            return TinyResponse(
                status: response.status, headers: response.headers, body: response.body)
        }
    }
}
