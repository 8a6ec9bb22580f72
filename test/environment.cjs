// Jest loads a CommonJS module before what stands above it is run (see connector/warehouse/snowflake-environment.ts).
process.env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION = 'true'
