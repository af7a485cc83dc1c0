import Restate
import RestateTesting
import Testing

@testable import Shop

@Test func `a greeting has the name in it`() async throws {
    try await withRestate(Endpoint(Greeter())) { restate in
        let text = try await restate.service(Greeter.self).greet("Ada")
        #expect(text.hasPrefix("Hello Ada, your number is "))
    }
}
