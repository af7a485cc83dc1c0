import Restate

/// Inputs and outputs of every kind: optional, none, bytes, numbers, types that contain types.
struct Ser: Service {
    func opt(_ ctx: Context, value: String?) async throws -> String? { value }
    func str(_ ctx: Context, value: String) async throws -> String { value }
    func big(_ ctx: Context, value: Big) async throws -> Big { try await ctx.run("b") { value } }
    func foo(_ ctx: Context, value: Foo) async throws -> Foo { value }
    func ik(_ ctx: Context, value: IntKeyed) async throws -> IntKeyed { value }
    func dbl(_ ctx: Context, value: Double) async throws -> Double { value }
    func bytes(_ ctx: Context, value: [UInt8]) async throws -> [UInt8] { value }
    func void(_ ctx: Context) async throws {}

    /// A number that JSON has not, as output.
    func nan(_ ctx: Context) async throws -> Double {
        counter.bump("nan")
        return Double.nan
    }

    /// As a run's result.
    func nanRun(_ ctx: Context) async throws -> String {
        let value = try await ctx.run("n") {
            counter.bump("nanRun")
            return Double.infinity
        }
        return "\(value)"
    }

    /// As a call's input.
    func nanSend(_ ctx: Context) async throws -> String {
        counter.bump("nanSend")
        return String(describing: try await ctx.service(Ser.self).dbl(.nan))
    }

    func optRun(_ ctx: Context, value: String?) async throws -> String {
        let once: String? = try await ctx.run("a") { value }
        let twice: String?? = try await ctx.run("b") { .some(nil) }
        return "\(String(describing: once)) \(String(describing: twice))"
    }

    func hdr(_ ctx: Context) async throws -> [String] { ctx.request.headers.map { "\($0)" } }

    /// How often something was counted.
    func count(_ ctx: Context, name: String) async throws -> Int { counter.get(name) }

    struct API: HandlerTable {
        // As recorded: with a schema a server refuses an empty body that has a content type.
        let opt = handler(Ser.opt).inputSchema(false)
        let str = handler(Ser.str)
        let big = handler(Ser.big)
        let foo = handler(Ser.foo)
        let ik = handler(Ser.ik)
        let dbl = handler(Ser.dbl)
        let nan = handler(Ser.nan)
        let nanRun = handler(Ser.nanRun)
        let nanSend = handler(Ser.nanSend)
        let optRun = handler(Ser.optRun).inputSchema(false)
        let bytes = handler(Ser.bytes).rawInput().rawOutput()
        let hdr = handler(Ser.hdr)
        let void = handler(Ser.void(_:))
        let count = handler(Ser.count)
    }
}
