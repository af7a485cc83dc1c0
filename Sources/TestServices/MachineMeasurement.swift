enum MachineMeasurement { static func run() {} }
