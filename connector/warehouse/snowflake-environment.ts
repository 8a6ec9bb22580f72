/** Before the driver is loaded: at import it would ask the metadata servers of the clouds where it runs. */
process.env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION ??= 'true'
