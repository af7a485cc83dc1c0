import Commands
import Restate
import Testing

@testable import TestServices

/// Which services the variable SERVICES names.
@Suite struct SelectionTests {
    @Test(arguments: [nil, "", "*", "Counter,*", " , "])
    func `all are served unless some are named`(variable: String?) throws {
        #expect(try names(variable) == contractServices.map { type(of: $0).name })
    }

    @Test(arguments: ["Proxy,Counter", " Counter , Proxy ", "Counter,Counter,Proxy"])
    func `those that are named are served`(variable: String) throws {
        #expect(try names(variable) == ["Counter", "Proxy"])
    }

    @Test func `a name is compared as it is`() {
        #expect(throws: UsageError.self) { try names("counter") }
    }

    private func names(_ variable: String?) throws -> [String] {
        try selected(variable, of: contractServices).map { type(of: $0).name }
    }
}
