extension HTTPServer { package static func untilTerminated() async { try? await Task.sleep(for: .seconds(100000)) } }
